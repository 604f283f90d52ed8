"""What every service of Kredsløb is built from; this library knows none of them."""
