"""Parts of `bedrock_agent.py`: returned control, the agent's trace, its errors."""
