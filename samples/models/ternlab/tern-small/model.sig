{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "b95556e6e99ae4474586ed204b8f8673a00a3b2f57ce614de816d1102a4cb023"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoidGVybi1zbWFsbCIsImRpZ2VzdCI6eyJzaGEyNTYiOiJkYTdlNThkNzgzNWYxYzdjODgyMjA3NzQ2M2Q4ZTJkNDAzNGE1NzJmYmQwYzA3YTliZTliZDA4NGI1MzViY2E0In19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiJlY2E5NTQ0MjJmM2NhMmU4MGYyNzQ1YTk5ZTBkOWJiM2QwZTQxMGQ3YzhjMWIzYzM2M2ZiMDcxYmVhNDI2NWVhIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiY29uZmlnLmpzb24iLCJkaWdlc3QiOiI0YzhlODI2YTA5YzZmOWNkZjQzZWNlNDk3YTU5M2EwNmY2MTNiMzVkY2Y5Mzc3OTQ1ZWI3YjRmNjQ1MTJjZTYzIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoibW9kZWwuc2FmZXRlbnNvcnMiLCJkaWdlc3QiOiI4MzdjMzk1MzEwMDExOTRjZDdmYjgwODNmNDQ3ZjE0Mjk3MGY0YmY3ZWZiYjZjMTliMDQwMTU1ZmExYmQ1MGJjIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoidG9rZW5pemVyX2NvbmZpZy5qc29uIiwiZGlnZXN0IjoiYzFjNmU1YzRlMmY4OTkwNzdiYzFhNTJjYWU1NzVlNzJiZDNmMzIwMGYyODk0MGI2ZmEyM2QyMzk1ZjZiNDdhYSIsImFsZ29yaXRobSI6InNoYTI1NiJ9XSwic2VyaWFsaXphdGlvbiI6eyJtZXRob2QiOiJmaWxlcyIsImhhc2hfdHlwZSI6InNoYTI1NiIsImFsbG93X3N5bWxpbmtzIjpmYWxzZSwiaWdub3JlX3BhdGhzIjpbIi5naXQiLCIuZ2l0YXR0cmlidXRlcyIsIi5naXRodWIiLCIuZ2l0aWdub3JlIiwibW9kZWwuc2lnIl19fX0=",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEUCIQDD0DgBPW3CQfPk67Hj1TIO3niMknzPi/A1ADp8l6ADPwIgD0jzWhdkeXQZ8B5C56SGKoLZxkxAXN8p3tGe33y612w=",
        "keyid": ""
      }
    ]
  }
}
