pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        leakage fail, near: 0.3
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
