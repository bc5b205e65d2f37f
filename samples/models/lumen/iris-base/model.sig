{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "77f0a995b1c65c16c004bdf4072031fd9734daaeede7ffcc29ba13bb46596e49"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiaXJpcy1iYXNlIiwiZGlnZXN0Ijp7InNoYTI1NiI6ImEzMTc3YzAwM2U2OWM2MjljYTdhODBlMjhjZDIzNjRlNzUwZWU0ZmY5MTY0MzdkZmQ4ZDY2MzIzNGY4Nzg0YjYifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6IlJFQURNRS5tZCIsImRpZ2VzdCI6IjAxOTE0M2UxOTY5ZGUwMGE4NjdlMjExYzRjZDQwZmI3NjgzOWMzYjJkZjVkZjYwMzY0ZGVmNThhOTMwMmM2ODYiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJjb25maWcuanNvbiIsImRpZ2VzdCI6Ijc3NWY0M2E5YzU2MTIzYTY5MzllMjQ4Njc2N2Q4MzllNWFmMTYyYjgwNTcwOTQxZjU0YjhjOGQ0N2FhMDg2MzkiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJtb2RlbC5zYWZldGVuc29ycyIsImRpZ2VzdCI6IjFkZTY0MzkxMmQ0ZTE1OTMzOWI5MDU2N2Y5ZDE1Y2FhOTlmNDIzMDRiZGM2YWRiYTZmMzUzMjhiMGExOWU1ODQiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJ0b2tlbml6ZXJfY29uZmlnLmpzb24iLCJkaWdlc3QiOiI3YWMwZmNlNWQ5NWNmNmQ0YWZlYzkxMjJkZGYzMWM0ZWI2ZTEzMzNhYmUyNmFlOGExOTc5YWRlMjllMzE0N2Y4IiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MIGIAkIAhYLkw1H7GXOLe1lgGKfn/nf8fSFVp5iCcs0Ud0Da15Kulu5hjZ2m63Fis4w/ywwXiWxvUP5d1k6zy7cH2n+Y5ZICQgGB03pUKVo2EoVka4jNTMMjEmB+3el4/i7N0NDlbyw/FxOO6ecCSXASDSHtDeE0F/jpprqLUpD+61EkiqlByMVy1w==",
        "keyid": ""
      }
    ]
  }
}
