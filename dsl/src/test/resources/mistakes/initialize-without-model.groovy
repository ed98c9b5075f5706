pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        require licence: ['mit']
    }
    train {
        method lora()
    }
}
