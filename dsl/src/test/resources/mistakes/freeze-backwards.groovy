pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
        freeze layers: 11..0
    }
    train {
        method lora()
    }
}
