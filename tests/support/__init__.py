"""What several tests share: stand-ins for Discord and the endpoint, harnesses, and things to test with."""
