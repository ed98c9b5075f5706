pipeline('support') {
    track mlflow('team', token: 'abc')
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
