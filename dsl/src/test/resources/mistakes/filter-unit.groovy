pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        filter { row.seconds < 5.minutes }
    }
    initialize { model 'models/base' }
    train { method lora() }
}
