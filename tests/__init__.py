"""The specification of Kredsløb: each test says in its docstring which rule it protects."""
