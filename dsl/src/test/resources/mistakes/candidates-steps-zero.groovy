pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        candidates 'a', 'b', steps: 0
    }
    train {
        method lora()
        steps 100
    }
}
