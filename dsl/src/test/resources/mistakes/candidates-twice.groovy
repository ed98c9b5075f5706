pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        candidates 'models/a', 'models/b', 'models/a'
    }
    train {
        method lora()
    }
}
