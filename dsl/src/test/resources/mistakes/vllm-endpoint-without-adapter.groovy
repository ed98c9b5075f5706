pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method full()
    }
    deploy {
        target vllm('models/vllm', endpoint: 'cluster')
    }
}
