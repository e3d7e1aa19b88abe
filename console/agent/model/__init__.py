"""Parts of `model_brain.py`; importing one of its modules imports the model library."""
