pipeline('support') {
    deploy { target s3('models/tuned') }
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
