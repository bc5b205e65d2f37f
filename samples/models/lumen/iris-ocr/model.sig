{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "6aacec78b0dbc312205f47d775d78da057e7ae65faece592361f0f867c7d0e3c"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiaXJpcy1vY3IiLCJkaWdlc3QiOnsic2hhMjU2IjoiYTQzY2ZmOWRiZWQyZGE3N2NmMmFiYjRmY2RkYTg5NjNiMzQ2ZDIzNTJhZWNlOTQzN2NjOTkyZWUwMjBiNmM3YyJ9fV0sInByZWRpY2F0ZVR5cGUiOiJodHRwczovL21vZGVsX3NpZ25pbmcvc2lnbmF0dXJlL3YxLjAiLCJwcmVkaWNhdGUiOnsicmVzb3VyY2VzIjpbeyJuYW1lIjoiUkVBRE1FLm1kIiwiZGlnZXN0IjoiMjY2NTZhZTg2YTMxMjc0ZjcwNTRkOTFjYmEwMDE5MmFlOWRhYjQ1YzNjYTZkOWUzZDBiNWYxYmRjNDVkNTVhZCIsImFsZ29yaXRobSI6InNoYTI1NiJ9LHsibmFtZSI6ImNvbmZpZy5qc29uIiwiZGlnZXN0IjoiOWY2NDIzOGNkZWM5Nzc5MmE2YzZjNzExZTM0MzhjNDVhYzJmMGIyMzQ2Nzk5ZGYwYjMwZDdlZTU1M2ZmYzI4MiIsImFsZ29yaXRobSI6InNoYTI1NiJ9LHsibmFtZSI6Im1vZGVsLnNhZmV0ZW5zb3JzIiwiZGlnZXN0IjoiNGI3NDI2MWFjZjNiMTg0ZDFiZTdlNTg0ZDUxOGI4ZWExMDJhYjAyZjE2MDg0ZjJhNjEyOGNlZDljZTkwZmVhNyIsImFsZ29yaXRobSI6InNoYTI1NiJ9LHsibmFtZSI6InRva2VuaXplcl9jb25maWcuanNvbiIsImRpZ2VzdCI6ImQzZWEwMGU1NzE4ZWFhYmE1MzZlZjViYjY4Y2JkNzkxOTEwMDA5MWQwZDcxMGE4OGY1ZjA4NDQxMDlmODQzZmYiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2UsImlnbm9yZV9wYXRocyI6WyIuZ2l0IiwiLmdpdGF0dHJpYnV0ZXMiLCIuZ2l0aHViIiwiLmdpdGlnbm9yZSIsIm1vZGVsLnNpZyJdfX19",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MIGIAkIBoe2UL9+MvZAukXye2Zal8gaYRcLVDZ+X0gWqQtoKFboS007a7+pjxbt2r5BK8phomqoClIL1ZX18B/+Tt4TeFCQCQgFhC2roQn9EDc3GYSIm8O86A9W579L9OCU8fb1stTy7JXQ2356qI29/BwsJ78eVruoJ20pgVRbpDRri2+A/t+AfMA==",
        "keyid": ""
      }
    ]
  }
}
