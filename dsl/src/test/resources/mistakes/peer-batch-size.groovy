pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora(); per_device_train_batch_size 8 }
}
