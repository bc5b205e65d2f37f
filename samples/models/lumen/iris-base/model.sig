{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "a34f37951181b002eeafb69220ecd3b71762203e29ffec0bb9af4c55d2165762"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiaXJpcy1iYXNlIiwiZGlnZXN0Ijp7InNoYTI1NiI6ImEzMTc3YzAwM2U2OWM2MjljYTdhODBlMjhjZDIzNjRlNzUwZWU0ZmY5MTY0MzdkZmQ4ZDY2MzIzNGY4Nzg0YjYifX1dLCJwcmVkaWNhdGVUeXBlIjoiaHR0cHM6Ly9tb2RlbF9zaWduaW5nL3NpZ25hdHVyZS92MS4wIiwicHJlZGljYXRlIjp7InJlc291cmNlcyI6W3sibmFtZSI6IlJFQURNRS5tZCIsImRpZ2VzdCI6IjAxOTE0M2UxOTY5ZGUwMGE4NjdlMjExYzRjZDQwZmI3NjgzOWMzYjJkZjVkZjYwMzY0ZGVmNThhOTMwMmM2ODYiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJjb25maWcuanNvbiIsImRpZ2VzdCI6Ijc3NWY0M2E5YzU2MTIzYTY5MzllMjQ4Njc2N2Q4MzllNWFmMTYyYjgwNTcwOTQxZjU0YjhjOGQ0N2FhMDg2MzkiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJtb2RlbC5zYWZldGVuc29ycyIsImRpZ2VzdCI6IjFkZTY0MzkxMmQ0ZTE1OTMzOWI5MDU2N2Y5ZDE1Y2FhOTlmNDIzMDRiZGM2YWRiYTZmMzUzMjhiMGExOWU1ODQiLCJhbGdvcml0aG0iOiJzaGEyNTYifSx7Im5hbWUiOiJ0b2tlbml6ZXJfY29uZmlnLmpzb24iLCJkaWdlc3QiOiI3YWMwZmNlNWQ5NWNmNmQ0YWZlYzkxMjJkZGYzMWM0ZWI2ZTEzMzNhYmUyNmFlOGExOTc5YWRlMjllMzE0N2Y4IiwiYWxnb3JpdGhtIjoic2hhMjU2In1dLCJzZXJpYWxpemF0aW9uIjp7Im1ldGhvZCI6ImZpbGVzIiwiaGFzaF90eXBlIjoic2hhMjU2IiwiYWxsb3dfc3ltbGlua3MiOmZhbHNlLCJpZ25vcmVfcGF0aHMiOlsiLmdpdCIsIi5naXRhdHRyaWJ1dGVzIiwiLmdpdGh1YiIsIi5naXRpZ25vcmUiLCJtb2RlbC5zaWciXX19fQ==",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MIGIAkIBBgsEAZU7XqA90SRgcelV/bL5LxTpIyrXBG7stttKLAxV0P0M9iwG6+NOPKL4qqI5gDNas69uZL/G79qVWlnsx+cCQgG7GGzie4ssJbGkkIdlQv91+RQKTGzcELVanmklT19aB3xsvGipirrYF/X+YR3l5dLh/k4Ue3/l+mD5K1m44RTaPg==",
        "keyid": ""
      }
    ]
  }
}
