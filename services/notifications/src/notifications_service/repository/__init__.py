"""All SQL of the notification service."""
