pipeline('support') {
    track wandb('runs', project: 'a/b')
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
