"""The part of a Bedrock agent: it reads the schemas, chooses operations, asks and answers."""
