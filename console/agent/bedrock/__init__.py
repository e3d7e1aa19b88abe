"""The inside of the Bedrock agent: control that it returns, its trace, and its failures."""
