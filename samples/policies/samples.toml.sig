{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "18466a673257233814765fbb8125ac5a166f1f24576d7688f9de06887fb8c225"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoic2FtcGxlcy50b21sIiwiZGlnZXN0Ijp7InNoYTI1NiI6IjU4ODc4YTY2ODRjODVjNTZmZjA0MDQ2M2YyYjJmNmUyODMyNDc2MzkwNjkzZDMyYjRkMTMwNjQ3Y2IwNDc5MmYifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6InNhbXBsZXMudG9tbCIsImRpZ2VzdCI6ImY0ZmUxNjA5MGYwNmVmNjFjOGI5NWFmZjQxMDVlMTBhMDE0YzA1Y2ZjMDA5ZGFhZmQ2NjA2ZWZjYWI4OGM4ODUiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2V9fX0=",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MGUCMDiChDhboCdE2tsTwa4w9c3mCt3eydsC80RhddU7w1kG1JKT1ZI4XgtkMpjpd44lvAIxALmxCYdArMi9lxlzFZKkm8UeHW2E2Vw8C382cfwP5JJmGUrD+FHQcPQCFUXIdNS5pw==",
        "keyid": ""
      }
    ]
  }
}
