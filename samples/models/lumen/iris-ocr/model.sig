{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "a34f37951181b002eeafb69220ecd3b71762203e29ffec0bb9af4c55d2165762"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoiaXJpcy1vY3IiLCJkaWdlc3QiOnsic2hhMjU2IjoiZTk4NDBlM2QwNTQwNzliYTFmYTdkZDljMjEwYTVkMzhlMmU5NDQ2Y2Q3ODYzZDc3YmRhMjBmYWVjODc1YTNhNCJ9fV0sInByZWRpY2F0ZVR5cGUiOiJodHRwczovL21vZGVsX3NpZ25pbmcvc2lnbmF0dXJlL3YxLjAiLCJwcmVkaWNhdGUiOnsicmVzb3VyY2VzIjpbeyJuYW1lIjoiUkVBRE1FLm1kIiwiZGlnZXN0IjoiMjY2NTZhZTg2YTMxMjc0ZjcwNTRkOTFjYmEwMDE5MmFlOWRhYjQ1YzNjYTZkOWUzZDBiNWYxYmRjNDVkNTVhZCIsImFsZ29yaXRobSI6InNoYTI1NiJ9LHsibmFtZSI6ImNvbmZpZy5qc29uIiwiZGlnZXN0IjoiOWY2NDIzOGNkZWM5Nzc5MmE2YzZjNzExZTM0MzhjNDVhYzJmMGIyMzQ2Nzk5ZGYwYjMwZDdlZTU1M2ZmYzI4MiIsImFsZ29yaXRobSI6InNoYTI1NiJ9LHsibmFtZSI6Im1vZGVsLnNhZmV0ZW5zb3JzIiwiZGlnZXN0IjoiOWMyOWY3YzI5YmJiMzVhYmVkZDI3NmQwMjkwNDBjMmQzNDg0Yzc0Mzk3NGI0MTMyZTViYzk5MThiZTQwNjdiYiIsImFsZ29yaXRobSI6InNoYTI1NiJ9LHsibmFtZSI6InRva2VuaXplcl9jb25maWcuanNvbiIsImRpZ2VzdCI6ImQzZWEwMGU1NzE4ZWFhYmE1MzZlZjViYjY4Y2JkNzkxOTEwMDA5MWQwZDcxMGE4OGY1ZjA4NDQxMDlmODQzZmYiLCJhbGdvcml0aG0iOiJzaGEyNTYifV0sInNlcmlhbGl6YXRpb24iOnsibWV0aG9kIjoiZmlsZXMiLCJoYXNoX3R5cGUiOiJzaGEyNTYiLCJhbGxvd19zeW1saW5rcyI6ZmFsc2UsImlnbm9yZV9wYXRocyI6WyIuZ2l0IiwiLmdpdGF0dHJpYnV0ZXMiLCIuZ2l0aHViIiwiLmdpdGlnbm9yZSIsIm1vZGVsLnNpZyJdfX19",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MIGHAkEdnOyob0LVPivfppOvwM5Y5vIf0dS/ae39pnNPYq9BprkbnMEIZ0VdcIJ7jBniSMTUfrWKMstDOu27lo2BTJ622gJCAL3H5+eIsidgl9e2F/lWPq9zNGbEBB4cGQWm8QZkF8Lc8O+HCmEkn6/80VjxkU7CIBV2d8uiXuE7naHt/X0xHqWJ",
        "keyid": ""
      }
    ]
  }
}
