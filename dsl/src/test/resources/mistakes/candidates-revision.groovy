pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        candidates 'owner/a', 'owner/b', revision: 'main'
    }
    train {
        method lora()
    }
}
