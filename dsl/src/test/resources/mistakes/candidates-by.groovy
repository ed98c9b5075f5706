pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        candidates 'a', 'b', steps: 20
    }
    train {
        method lora()
        steps 100
        by command('trl')
    }
}
