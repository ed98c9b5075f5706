pipeline('support') {
    track mlflow('team', experiment: 'a;b')
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
