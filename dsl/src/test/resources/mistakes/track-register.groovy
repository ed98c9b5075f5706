pipeline('support') {
    track mlflow('team', register: 'a/b')
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
