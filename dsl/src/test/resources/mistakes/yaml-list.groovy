---
# fine-tuning
base_model: meta-llama/Llama-3.2-1B
datasets:
  - path: data/rows.jsonl
    type: alpaca
lora_r: 16
learning_rate: 0.0002
