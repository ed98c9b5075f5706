pipeline('support') {
    description secret('TEAM_TOKEN')
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize { model 'models/base' }
    train { method lora() }
}
