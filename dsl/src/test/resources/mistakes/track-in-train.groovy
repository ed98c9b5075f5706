pipeline('support') {
    train { method lora(); track mlflow('team') }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
