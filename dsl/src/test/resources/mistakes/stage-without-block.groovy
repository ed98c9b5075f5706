pipeline('support') {
    prepare { dataset 'data/rows.jsonl' }
    initialize
    train { method lora() }
}
