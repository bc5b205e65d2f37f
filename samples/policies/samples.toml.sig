{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "5fcc07f60478b0ed2c7cfda3afdf8906d4a937a568a3962988ed8bbdceba707f"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoic2FtcGxlcy50b21sIiwiZGlnZXN0Ijp7InNoYTI1NiI6IjE4OGI3NjZlZGIyM2MyMGM3MGEzYTE4MWZmMWEwNDgxY2IxM2IwZWUyMDA0YTcyZmMyMTYwODA5Y2U4YzkyMGQifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6InNhbXBsZXMudG9tbCIsImRpZ2VzdCI6ImIzNmZjM2Q1NzVkZjQzZTVlNmJiZDFjNGRlZDA0MDBhMTFjOTBkMGIwMjczMjQ0MmZjN2QyYjZkNzNhMzI1MzYiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2V9fX0=",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGQCMHF6bHO83C7OmQMLtM2UvAZ8ohTz45oeXyDxoga0j8wyeJ6egheA7pvkCm/8wBFwUQIwG6gO2+y5E2j+m5MtSPKXEP907VYFkBNQvFOPLW0yOnHeP1mL3mINzDUXvpiPmLp1",
        "keyid": ""
      }
    ]
  }
}
