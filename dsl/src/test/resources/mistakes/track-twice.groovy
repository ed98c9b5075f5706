pipeline('support') {
    track tensorboard('runs')
    track tensorboard('runs')
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
