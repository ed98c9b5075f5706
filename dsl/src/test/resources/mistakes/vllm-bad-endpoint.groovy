pipeline('support') {
    prepare {
        dataset 'data/rows.jsonl'
    }
    initialize {
        model 'models/base'
    }
    train {
        method lora()
    }
    deploy {
        target vllm('models/vllm', endpoint: 'http://gpu:8000')
    }
}
