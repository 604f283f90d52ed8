"""What tests and the demo stand on: real servers, real sign-ins, given-when-then."""
