{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "be4665ab595eea1aabea6ba683161a5a017296c7afd4da96b57b4cf766820d9d"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoidGVybi1zbWFsbCIsImRpZ2VzdCI6eyJzaGEyNTYiOiJkYTdlNThkNzgzNWYxYzdjODgyMjA3NzQ2M2Q4ZTJkNDAzNGE1NzJmYmQwYzA3YTliZTliZDA4NGI1MzViY2E0In19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiJlY2E5NTQ0MjJmM2NhMmU4MGYyNzQ1YTk5ZTBkOWJiM2QwZTQxMGQ3YzhjMWIzYzM2M2ZiMDcxYmVhNDI2NWVhIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiY29uZmlnLmpzb24iLCJkaWdlc3QiOiI0YzhlODI2YTA5YzZmOWNkZjQzZWNlNDk3YTU5M2EwNmY2MTNiMzVkY2Y5Mzc3OTQ1ZWI3YjRmNjQ1MTJjZTYzIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoibW9kZWwuc2FmZXRlbnNvcnMiLCJkaWdlc3QiOiI4MzdjMzk1MzEwMDExOTRjZDdmYjgwODNmNDQ3ZjE0Mjk3MGY0YmY3ZWZiYjZjMTliMDQwMTU1ZmExYmQ1MGJjIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoidG9rZW5pemVyX2NvbmZpZy5qc29uIiwiZGlnZXN0IjoiYzFjNmU1YzRlMmY4OTkwNzdiYzFhNTJjYWU1NzVlNzJiZDNmMzIwMGYyODk0MGI2ZmEyM2QyMzk1ZjZiNDdhYSIsImFsZ29yaXRobSI6InNoYTI1NiJ9XSwic2VyaWFsaXphdGlvbiI6eyJtZXRob2QiOiJmaWxlcyIsImhhc2hfdHlwZSI6InNoYTI1NiIsImFsbG93X3N5bWxpbmtzIjpmYWxzZSwiaWdub3JlX3BhdGhzIjpbIi5naXQiLCIuZ2l0YXR0cmlidXRlcyIsIi5naXRodWIiLCIuZ2l0aWdub3JlIiwibW9kZWwuc2lnIl19fX0=",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEUCIAglspWbXLJV3j+6pjOxn7jpsDCdY0qMpIis99aCqq1bAiEAyi7X4B7M/AISI0HAEp11uT9mBPJlBfg33blosHqLMOk=",
        "keyid": ""
      }
    ]
  }
}
