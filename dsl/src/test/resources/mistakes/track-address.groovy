pipeline('support') {
    track mlflow('https://mlflow.example.com')
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
