pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        redact phone, regions: ['IN', 'XX']
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
