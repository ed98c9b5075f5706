pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.answer =~ row.prompt }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
