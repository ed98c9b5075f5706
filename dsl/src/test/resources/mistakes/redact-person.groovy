pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        redact email, person
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
