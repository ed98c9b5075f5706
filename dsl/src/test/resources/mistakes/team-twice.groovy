pipeline('support') {
    team 'search'; team 'ads'
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
