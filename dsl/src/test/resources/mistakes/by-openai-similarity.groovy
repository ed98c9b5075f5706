pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method full()
        by openai(endpoint: 'azure', model: 'gpt-4o-mini-2024-07-18')
    }
    evaluate {
        metric similarity(layer: 2)
    }
}
