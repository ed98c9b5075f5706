pipeline('hello') {
    prepare {
        dataset 'data/hello.jsonl'
        redact email, countries: ['DE']
    }
    initialize { model 'models/tiny' }
    train { method lora() }
    deploy { target directory('models/hello') }
}
