pipeline('support') {
    prepare { dataset 'data/rows.jsonl' }
    train { method lora() }
}
