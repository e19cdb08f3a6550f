"""What a user asks for, whatever the task: train, resume, evaluate, compare, load."""
