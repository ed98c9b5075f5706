pipeline('support') {
    prepare    { dataset 'data/rows.jsonl' }
    initialize { model 'models/base' }
    train {
        method lora()
        batch { size: 8, accumulate: 4 }
    }
}
