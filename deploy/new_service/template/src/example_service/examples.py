"""Examples for the API document."""

COMPLETIONS = {"user_id": "01939d5a-0000-7000-8000-000000000001", "completed": 5, "as_of_sequence": 17}
