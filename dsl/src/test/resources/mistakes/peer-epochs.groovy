pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora(); num_train_epochs 3 }
}
