"""The events on the bus: their envelope, their models and schemas, and the questions that fill gaps between them."""
