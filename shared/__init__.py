"""What every action group uses: declaring operations, front doors, money, identity, errors."""
