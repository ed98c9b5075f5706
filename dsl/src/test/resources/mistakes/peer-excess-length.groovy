pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
        excess_length_strategy 'truncate'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
