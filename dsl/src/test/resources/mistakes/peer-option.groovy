pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora(); batch micro_batch_size: 8 }
}
