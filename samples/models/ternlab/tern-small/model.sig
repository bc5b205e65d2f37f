{
  "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
  "verificationMaterial": {
    "publicKey": {
      "hint": "4e2838fc147c1ffe822e8477a04fd2872faa1423add9748c932526cb32c9dcab"
    },
    "tlogEntries": []
  },
  "dsseEnvelope": {
    "payload": "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJuYW1lIjoidGVybi1zbWFsbCIsImRpZ2VzdCI6eyJzaGEyNTYiOiI1OTI0ZDkzNjZhNzA5NWM0ZWI1M2I3MTdmODc5NGE0MTUxM2I3NDk5NjliYzEzMDJlNTkyZDdhMDIyYzdhMDhmIn19XSwicHJlZGljYXRlVHlwZSI6Imh0dHBzOi8vbW9kZWxfc2lnbmluZy9zaWduYXR1cmUvdjEuMCIsInByZWRpY2F0ZSI6eyJyZXNvdXJjZXMiOlt7Im5hbWUiOiJSRUFETUUubWQiLCJkaWdlc3QiOiJlY2E5NTQ0MjJmM2NhMmU4MGYyNzQ1YTk5ZTBkOWJiM2QwZTQxMGQ3YzhjMWIzYzM2M2ZiMDcxYmVhNDI2NWVhIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoiY29uZmlnLmpzb24iLCJkaWdlc3QiOiI0YzhlODI2YTA5YzZmOWNkZjQzZWNlNDk3YTU5M2EwNmY2MTNiMzVkY2Y5Mzc3OTQ1ZWI3YjRmNjQ1MTJjZTYzIiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoibW9kZWwuc2FmZXRlbnNvcnMiLCJkaWdlc3QiOiI4Mjc1OGM0ZGU0YzYwYzgxMzAzYzI2ZmUxZDM5ZDY1ZGNmYThhOTNiYThkZTcwOGYwZTY0YmMyNDE4OTEyNWU5IiwiYWxnb3JpdGhtIjoic2hhMjU2In0seyJuYW1lIjoidG9rZW5pemVyX2NvbmZpZy5qc29uIiwiZGlnZXN0IjoiYzFjNmU1YzRlMmY4OTkwNzdiYzFhNTJjYWU1NzVlNzJiZDNmMzIwMGYyODk0MGI2ZmEyM2QyMzk1ZjZiNDdhYSIsImFsZ29yaXRobSI6InNoYTI1NiJ9XSwic2VyaWFsaXphdGlvbiI6eyJtZXRob2QiOiJmaWxlcyIsImhhc2hfdHlwZSI6InNoYTI1NiIsImFsbG93X3N5bWxpbmtzIjpmYWxzZSwiaWdub3JlX3BhdGhzIjpbIi5naXQiLCIuZ2l0YXR0cmlidXRlcyIsIi5naXRodWIiLCIuZ2l0aWdub3JlIiwibW9kZWwuc2lnIl19fX0=",
    "payloadType": "application/vnd.in-toto+json",
    "signatures": [
      {
        "sig": "MEUCIQD4XJkVseeiBMfkWYJAgqJbEVZP7FILEKf6RkDE/WRTKQIgEG6uuXxWBkBTOsjG/c7s0cEECkOSXVhw2ZXRyJFKaGQ=",
        "keyid": ""
      }
    ]
  }
}
