pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter keep: { row.a == 1 }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
